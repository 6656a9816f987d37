import { act } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { useExportCatalogue } from "./exportCatalogue";
import { useGetImport } from "./getImport";
import { type ImportRequest, useImportCatalogue } from "./importCatalogue";
import { DIRECT_BYTES_MAX } from "../limits";

/** A storage that takes every file, and remembers where it was put. */
class FakeStorage {
  static readonly puts: string[] = [];
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  readonly status = 200;
  onload: () => void = () => undefined;

  open(method: string, url: string) {
    FakeStorage.puts.push(`${method} ${url}`);
  }

  send(file: Blob) {
    this.upload.onprogress?.({ loaded: file.size, total: file.size });
    this.onload();
  }
}

const aFile = (size: number): ImportRequest => ({
  file: { size, name: "catalogue.csv" } as File,
  mode: "CHECK",
  create: false,
  confirmsZeros: true,
  idempotency_key: "key",
});

test("a large file is put into the storage, under the same rules as a small one", async () => {
  vi.stubGlobal("XMLHttpRequest", FakeStorage);
  const sent: unknown[] = [];
  const { result } = renderHookWithProviders(
    () => useImportCatalogue(),
    async (request) => {
      sent.push(await request.json());
      return ok({ import_id: "7", upload_url: "https://storage.example/7", expires_at: "2026-11-22T10:15:00.000Z" });
    },
  );

  const accepted = await act(() => result.current.mutateAsync(aFile(DIRECT_BYTES_MAX + 1)));

  expect(accepted.import_id).toBe("7");
  expect(sent).toEqual([{ upload: true, mode: "CHECK", create: false, confirm: "zeros" }]);
  expect(FakeStorage.puts).toEqual(["PUT https://storage.example/7"]);
});

test("an export that is too large for an answer is written in the background", async () => {
  const { result } = renderHookWithProviders(
    () => useExportCatalogue(),
    ({ method, url }) => {
      if (method === "POST") return ok({ export_id: "9" });
      if (url.includes("/admin/exports/9"))
        return ok({ status: "DONE", rows: 80_000, url: "https://storage.example/9" });
      return problem(413, "EXPORT_TOO_LARGE");
    },
  );

  expect(await act(() => result.current.mutateAsync({ category: "tea & more" }))).toEqual({
    url: "https://storage.example/9",
  });
});

test("a stopped import that was continued is read until its worker reports", async () => {
  const stopped = { status: "FAILED", updated_at: "2026-11-22T10:15:00.000Z" };
  const reports = [stopped, stopped, { status: "DONE", updated_at: "2026-11-22T10:16:00.000Z" }];
  const { result } = renderHookWithProviders(
    () => useGetImport("7", stopped.updated_at),
    () => ok(reports.length > 1 ? reports.shift() : reports[0]),
  );

  await vi.waitUntil(() => result.current.data?.status === "DONE", { timeout: 10_000 });
});
