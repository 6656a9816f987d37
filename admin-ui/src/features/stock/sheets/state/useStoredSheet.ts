import { useCallback, useEffect, useRef, useState } from "react";

import { useSession } from "@/auth/SessionProvider";
import { useOnlyTab } from "@/hooks/useOnlyTab";
import { isSheet, newSheet, type Sheet, type SheetKind } from "./sheet";

/** Changes the sheet that is stored, and returns what became of it. */
export type UpdateSheet = (change: (sheet: Sheet) => Sheet) => Sheet;

interface StoredSheet {
  readonly sheet: Sheet;
  readonly update: UpdateSheet;
  /** False in a browser without storage, or with a full one: then a reload loses the sheet. */
  readonly isKept: boolean;
  /** Whether this tab may change the sheet; null until that is known. */
  readonly isHere: boolean | null;
  readonly takeOver: () => void;
}

const FIRST_WAREHOUSE = "main";

/**
 * The sheet of a user, kept in this browser: it survives a reload, and all tabs show the same one.
 *
 * One tab at a time changes it, so that no tab overwrites what another one has entered.
 */
export function useStoredSheet(kind: SheetKind): StoredSheet {
  const { user } = useSession();
  const name = `inventory.sheet.${kind}.${user.username}`;
  const [sheet, setSheet] = useState(() => read(name, kind) ?? newSheet(kind, FIRST_WAREHOUSE, new Date()));
  const [isKept, setIsKept] = useState(true);
  const latest = useRef(sheet);
  const { isHere, takeOver } = useOnlyTab(name);

  const update = useCallback<UpdateSheet>(
    (change) => {
      // Another tab, or an answer that came meanwhile, may have changed what is stored.
      const next = change(read(name, kind) ?? latest.current);
      latest.current = next;
      setIsKept(write(name, next));
      setSheet(next);
      return next;
    },
    [name, kind],
  );

  useEffect(() => {
    const follow = () => {
      const stored = read(name, kind);
      if (!stored) return;
      latest.current = stored;
      setSheet(stored);
    };
    const onStorage = ({ key }: StorageEvent) => {
      if (key === name) follow();
    };
    if (isHere) follow(); // what the other tab wrote last
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, [name, kind, isHere]);

  return { sheet, update, isKept, isHere, takeOver };
}

function read(name: string, kind: SheetKind): Sheet | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isSheet(stored, kind) ? stored : null;
  } catch {
    return null; // not readable, or a browser without storage
  }
}

function write(name: string, sheet: Sheet): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(sheet));
    return true;
  } catch {
    forget(name); // an old sheet must not take the place of this one
    return false;
  }
}

function forget(name: string) {
  try {
    localStorage.removeItem(name);
  } catch {
    // There is no storage.
  }
}
