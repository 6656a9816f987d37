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
      (await fitsIntoCall(request.file)) ? sendToApi(api, request) : sendToStorage(api, request, setUploaded),
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

function sendToApi(api: Api, { file, mode, create, confirmsZeros, idempotency_key }: ImportRequest) {
  return dataOf(
    api.POST("/admin/imports", {
      params: {
        query: { mode, create, ...(confirmsZeros && { confirm: "zeros" }) },
        header: { "Idempotency-Key": idempotency_key },
      },
      headers: { "Content-Type": "text/csv" },
      body: file as unknown as string, // sent byte for byte
      bodySerializer: (body) => body,
    }),
  );
}

async function sendToStorage(api: Api, request: ImportRequest, onProgress: (share: number) => void) {
  const { file, mode, create, confirmsZeros, idempotency_key } = request;
  const accepted = await dataOf(
    api.POST("/admin/imports", {
      params: { header: { "Idempotency-Key": idempotency_key } },
      body: { upload: true, mode, create, ...(confirmsZeros && { confirm: "zeros" }) },
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
