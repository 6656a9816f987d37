import { expect, test } from "vitest";

import { mayEdit, mayView, userOf } from "./user";

test("managers may view and edit, viewers may view, and others may do neither", () => {
  const rights = (groups: unknown) => {
    const user = userOf({ "cognito:username": "anna", "cognito:groups": groups });
    return [mayView(user), mayEdit(user)];
  };

  expect(rights(["inventory-managers"])).toEqual([true, true]);
  expect(rights(["inventory-viewers"])).toEqual([true, false]);
  expect(rights(["accounting"])).toEqual([false, false]);
  expect(rights(undefined)).toEqual([false, false]);
});
