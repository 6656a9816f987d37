import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { text } from "@/i18n/text";
import styles from "./runbook.module.css";
import { inlineOf, sectionOf } from "./sections";

/** A section of the operations manual. Its links lead to other sections. */
export function RunbookDialog({ anchor, onClose }: { anchor: string; onClose: () => void }) {
  const [shown, setShown] = useState(anchor);
  const section = sectionOf(shown);
  return (
    <Modal
      visible
      size="large"
      header={section?.title ?? text("runbook")}
      onDismiss={onClose}
      footer={
        shown !== anchor && (
          <Button onClick={() => setShown(anchor)}>
            {text("runbook.back", { title: sectionOf(anchor)?.title ?? "" })}
          </Button>
        )
      }
    >
      <SpaceBetween size="m">
        {section?.blocks.map((block, index) =>
          block.isCode ? (
            <Box key={index} variant="code">
              <div className={styles["code"]}>{block.text}</div>
            </Box>
          ) : (
            <div key={index} className={styles["paragraph"]}>
              <Inline paragraph={block.text} onFollow={setShown} />
            </div>
          ),
        ) ?? text("runbook.unknown")}
      </SpaceBetween>
    </Modal>
  );
}

function Inline({ paragraph, onFollow }: { paragraph: string; onFollow: (anchor: string) => void }) {
  return inlineOf(paragraph).map(({ text, target }, index) =>
    target?.startsWith("#") ? (
      <Button key={index} variant="inline-link" onClick={() => onFollow(target.slice(1))}>
        {text}
      </Button>
    ) : (
      text
    ),
  );
}
