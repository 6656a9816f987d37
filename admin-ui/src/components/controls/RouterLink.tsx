import Link, { type LinkProps } from "@cloudscape-design/components/link";
import { useHref, useNavigate } from "react-router";

interface RouterLinkProps extends Omit<LinkProps, "href" | "onFollow"> {
  /** A path of this page, as "/stock?status=LOW_STOCK". */
  to: string;
}

/** A link within the page. It is a real one: it can be opened in a new tab, and copied. */
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
