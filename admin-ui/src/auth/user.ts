/** The user who is signed in, from the id token. */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Read a user from an id token's claims. */
export function userOf(claims: Readonly<Record<string, unknown>>): User {
  const groups = claims["cognito:groups"];
  return {
    username: String(claims["cognito:username"]),
    groups: Array.isArray(groups) ? groups.map(String) : [],
  };
}

/** Whether a user may change stock. The API enforces it; the page only hides what the API would refuse. */
export function mayEdit(user: User): boolean {
  return user.groups.includes("inventory-managers");
}

/** Whether a user may view stock. */
export function mayView(user: User): boolean {
  return mayEdit(user) || user.groups.includes("inventory-viewers");
}
