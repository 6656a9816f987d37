import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { upload } from "@/lib/files/upload";
import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { ApiProblem } from "../client/problem";
import { DIRECT_BYTES_MAX, DIRECT_ROWS_MAX } from "../limits";
import type { ImportMode } from "../types";

export interface ImportRequest {
  readonly file: File;
  readonly mode: ImportMode;
  /** Whether rows of levels that do not exist create them. Otherwise such rows are errors. */
  readonly create: boolean;
  /** The user has confirmed that the file sets many levels to 0. */
  readonly confirmsZeros: boolean;
  /** Every retry sends the same key and gets the same import id. */
  readonly idempotency_key: string;
  /** Those of its movements. Without them, the reason is "import", and the reference is the import's id. */
  readonly reason?: string;
  readonly reference?: string;
}

/**
 * Send a CSV to be checked or loaded. The API returns the import's id and works in the background.
 *
 * A file that is too large for the API is uploaded to its storage; `uploaded` is the share of it that was sent.
 */
export function useImportCatalogue() {
  const api = useApi();
  const [uploaded, setUploaded] = useState<number | null>(null);
  const mutation = useMutation({
    mutationFn: async (request: ImportRequest) =>
      (await fitsIntoCall(request.file)) ? importCatalogue(api, request) : sendToStorage(api, request, setUploaded),
    onSettled: () => {
      setUploaded(null);
    },
  });
  return { ...mutation, uploaded };
}

/** Whether the API takes a file itself. Another one must be uploaded. */
async function fitsIntoCall(file: File): Promise<boolean> {
  if (file.size > DIRECT_BYTES_MAX) return false;
  const lines = (await file.text()).split("\n").length;
  return lines <= DIRECT_ROWS_MAX; // its header is a line, too
}

/** The call alone, for a file that fits into it. */
export function importCatalogue(api: Api, { file, idempotency_key, ...rules }: ImportRequest) {
  return dataOf(
    api.POST("/admin/imports", {
      params: {
        query: rulesOf(rules),
        header: { "Idempotency-Key": idempotency_key },
      },
      headers: { "Content-Type": "text/csv" },
      body: file as unknown as string, // sent byte for byte
      bodySerializer: (body) => body,
    }),
  );
}

async function sendToStorage(api: Api, request: ImportRequest, onProgress: (share: number) => void) {
  const { file, idempotency_key, ...rules } = request;
  const accepted = await dataOf(
    api.POST("/admin/imports", {
      params: { header: { "Idempotency-Key": idempotency_key } },
      body: { upload: true, ...rulesOf(rules) },
    }),
  );
  if (!("upload_url" in accepted)) throw new Error("The API returned no address for the file.");
  try {
    await upload(accepted.upload_url, file, onProgress);
  } catch (error) {
    throw ApiProblem.offline((error as Error).message); // sending the same file again is safe
  }
  return accepted;
}

function rulesOf({ mode, create, confirmsZeros, reason, reference }: Omit<ImportRequest, "file" | "idempotency_key">) {
  return {
    mode,
    create,
    ...(confirmsZeros && { confirm: "zeros" as const }),
    ...(reason && { reason }),
    ...(reference && { reference }),
  };
}
