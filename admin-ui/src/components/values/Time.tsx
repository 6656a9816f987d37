import Tooltip from "@cloudscape-design/components/tooltip";
import { useRef, useState } from "react";

import { useNow } from "@/hooks/useNow";
import { formatDateTime, formatRelative, formatUtc } from "@/lib/formats";
import styles from "./values.module.css";

interface TimeProps {
  /** ISO 8601; null is shown as a dash. */
  value: string | null;
  /** Show "5 minutes ago" instead of the time. */
  relative?: boolean;
  /** False in tables, where it would add a tab stop to every row. The pointer still opens the tooltip. */
  isFocusable?: boolean;
}

/** A time in the user's time zone. A tooltip shows it in UTC. */
export function Time({ value, relative = false, isFocusable = true }: TimeProps) {
  const element = useRef<HTMLTimeElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  if (value === null) return "—";

  const time = new Date(value);
  return (
    <>
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions -- the
          keyboard must reach the tooltip, too */}
      <time
        ref={element}
        dateTime={value}
        className={styles["time"]}
        tabIndex={isFocusable ? 0 : undefined}
        onMouseEnter={() => {
          setIsOpen(true);
        }}
        onMouseLeave={() => {
          setIsOpen(false);
        }}
        onFocus={() => {
          setIsOpen(true);
        }}
        onBlur={() => {
          setIsOpen(false);
        }}
      >
        {relative ? <RelativeTime time={time} /> : formatDateTime(time)}
      </time>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions */}
      {isOpen && (
        <Tooltip
          getTrack={() => element.current}
          content={relative ? `${formatDateTime(time)} · ${formatUtc(time)}` : formatUtc(time)}
          onEscape={() => {
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}

function RelativeTime({ time }: { time: Date }) {
  return formatRelative(time, new Date(useNow(1_000)));
}
