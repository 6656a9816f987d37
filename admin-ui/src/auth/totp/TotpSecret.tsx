import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { encode } from "uqr";

import { text } from "@/i18n/text";
import styles from "./totp.module.css";

/** A secret for an authenticator app: as a QR code to scan, and as text to copy. */
export default function TotpSecret({ secret, uri }: { secret: string; uri: string }) {
  return (
    <SpaceBetween size="s">
      <QrCode content={uri} />
      <Box variant="small">{text("session.totp_setup.by_hand")}</Box>
      <CopyToClipboard
        variant="inline"
        textToCopy={secret}
        textToDisplay={secret.match(/.{1,4}/g)?.join(" ") ?? secret}
        copyButtonAriaLabel={text("session.totp_setup.copy")}
        copySuccessText={text("copied")}
        copyErrorText={text("not_copied")}
      />
    </SpaceBetween>
  );
}

function QrCode({ content }: { content: string }) {
  const { data, size } = encode(content, { border: 3 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      className={styles["qrCode"]}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={text("session.totp_setup.qr")}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join("")} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
