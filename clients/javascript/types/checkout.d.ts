export function credentialsFromEnvironment(): void;
export class CheckoutClient {
}
