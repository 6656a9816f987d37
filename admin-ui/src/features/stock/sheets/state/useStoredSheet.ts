import { useCallback, useEffect, useRef, useState } from "react";

import { useSession } from "@/auth/SessionProvider";
import { isSheet, newSheet, type Sheet, type SheetKind } from "./sheet";

export type UpdateSheet = (change: (sheet: Sheet) => Sheet) => void;

const FIRST_WAREHOUSE = "main";

/**
 * The sheet of a user, kept in this browser: it survives a reload, and all tabs have the same one.
 *
 * `isKept` is false in a browser without storage, or with a full one: then a reload loses it.
 */
export function useStoredSheet(kind: SheetKind): { sheet: Sheet; update: UpdateSheet; isKept: boolean } {
  const { user } = useSession();
  const name = `inventory.sheet.${kind}.${user.username}`;
  const [sheet, setSheet] = useState(() => read(name, kind) ?? newSheet(kind, FIRST_WAREHOUSE, new Date()));
  const [isKept, setIsKept] = useState(true);
  const latest = useRef(sheet);

  const update = useCallback<UpdateSheet>(
    (change) => {
      // Another tab, or an answer that came meanwhile, may have changed what is stored.
      const next = change(read(name, kind) ?? latest.current);
      latest.current = next;
      setIsKept(write(name, next));
      setSheet(next);
    },
    [name, kind],
  );

  useEffect(() => {
    const onStorage = ({ key }: StorageEvent) => {
      if (key !== name) return;
      const stored = read(name, kind);
      if (!stored) return;
      latest.current = stored;
      setSheet(stored);
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, [name, kind]);

  return { sheet, update, isKept };
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
