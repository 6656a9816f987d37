import Link, { type LinkProps } from "@cloudscape-design/components/link";
import { useHref, useNavigate } from "react-router";

interface RouterLinkProps extends Omit<LinkProps, "href" | "onFollow"> {
  /** A path of this application, such as "/stock?status=LOW_STOCK". */
  to: string;
}

/** A link within the application. It is a real link: the browser can copy it or open it in a new tab. */
export function RouterLink({ to, ...link }: RouterLinkProps) {
  const navigate = useNavigate();
  return (
    <Link
      {...link}
      href={useHref(to)}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
