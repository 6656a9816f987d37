export class CheckoutClient {}
export function credentialsFromEnvironment() {}
