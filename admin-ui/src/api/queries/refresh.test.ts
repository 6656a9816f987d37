import { expect, test } from "vitest";

import { ApiProblem } from "../client/problem";
import { createQueryClient } from "./queryClient";
import { refreshAfter } from "./refresh";

test.each([
  ["success", null, 5_000],
  ["an API that cannot be reached", ApiProblem.offline("The API did not answer."), 5_000],
  ["a busy API", new ApiProblem({ status: 503, code: "BUSY", title: "", detail: "" }), 5_000],
  ["a refusal", new ApiProblem({ status: 403, code: "FORBIDDEN", title: "", detail: "" }), false],
  [
    "something that does not exist",
    new ApiProblem({ status: 404, code: "IMPORT_NOT_FOUND", title: "", detail: "" }),
    false,
  ],
])("after %s a query is repeated only if that can help", (_, error, expected) => {
  const query = createQueryClient()
    .getQueryCache()
    .build(createQueryClient(), { queryKey: ["x"] });
  query.setState({ error });

  expect(refreshAfter(5_000, query)).toBe(expected);
});
