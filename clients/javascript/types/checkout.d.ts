/**
 * The credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as in a Lambda function.
 * @returns {Credentials}
 */
export function credentialsFromEnvironment(): Credentials;
export class CheckoutClient {
    /**
     * @param {object} options
     * @param {string} options.apiUrl the API's URL with its stage
     * @param {Credentials | (() => Credentials | Promise<Credentials>)} options.credentials called before each attempt, so that they may be renewed
     * @param {string} [options.region] the API's; by default that of its URL, or of the variable AWS_REGION
     * @param {Options["fetch"]} [options.fetch]
     * @param {number} [options.attempts] how often a call is sent before it fails
     * @param {number} [options.timeoutMs] how long one attempt may take
     */
    constructor({ apiUrl, credentials, region, ...options }: {
        apiUrl: string;
        credentials: Credentials | (() => Credentials | Promise<Credentials>);
        region?: string | undefined;
        fetch?: Options["fetch"];
        attempts?: number | undefined;
        timeoutMs?: number | undefined;
    });
    /**
     * Hold all lines, or nothing; with `accept: "PARTIAL"` what there is. The same key never holds stock twice.
     * @param {Schemas["ReservationRequest"]} request
     * @param {{ key: string }} options 1 to 128 printable ASCII characters, which become the reservation's id
     * @returns {Promise<Reservation | Schemas["PendingReservation"]>} PENDING if it was not decided within five seconds
     */
    createReservation(request: Schemas["ReservationRequest"], { key }: {
        key: string;
    }): Promise<Reservation | Schemas["PendingReservation"]>;
    /**
     * @param {string} reservationId
     * @returns {Promise<Reservation>}
     */
    getReservation(reservationId: string): Promise<Reservation>;
    /**
     * Hold these lines instead of the present ones, all of them, or change nothing. The hold's end does not move.
     * @param {string} reservationId
     * @param {Schemas["LinesRequest"]} request
     * @param {{ key: string }} options identifies this change
     * @returns {Promise<Reservation>}
     */
    changeReservation(reservationId: string, request: Schemas["LinesRequest"], { key }: {
        key: string;
    }): Promise<Reservation>;
    /**
     * Report the outcome of a payment. `PaymentUnfulfilled` means: it bought nothing, refund it.
     * @param {string} reservationId
     * @param {Schemas["PaymentResult"]} result
     * @returns {Promise<Reservation>}
     */
    recordPayment(reservationId: string, result: Schemas["PaymentResult"]): Promise<Reservation>;
    /**
     * Restart the hold's time for a shopper who is still paying.
     * @param {string} reservationId
     * @returns {Promise<Reservation>}
     */
    extendReservation(reservationId: string): Promise<Reservation>;
    /**
     * Release the units at once.
     * @param {string} reservationId
     * @returns {Promise<Reservation>}
     */
    cancelReservation(reservationId: string): Promise<Reservation>;
    /**
     * The reservations of an order, the newest first, up to a second late.
     * @param {string} orderId
     * @param {{ cursor?: string }} [options] that of the page before
     * @returns {Promise<Schemas["OrderReservationList"]>}
     */
    listReservationsOfOrder(orderId: string, { cursor }?: {
        cursor?: string;
    }): Promise<Schemas["OrderReservationList"]>;
    /**
     * Take sold units back. The same key returns them only once.
     * @param {string} reservationId
     * @param {Schemas["ReturnRequest"]} request
     * @param {{ key: string }} options
     * @returns {Promise<Reservation>}
     */
    returnUnits(reservationId: string, request: Schemas["ReturnRequest"], { key }: {
        key: string;
    }): Promise<Reservation>;
    /**
     * Let sold units leave their warehouses. Only for a reservation whose dispatches are tracked.
     * @param {string} reservationId
     * @param {Schemas["DispatchRequest"]} request
     * @returns {Promise<Reservation>}
     */
    dispatchUnits(reservationId: string, request: Schemas["DispatchRequest"]): Promise<Reservation>;
    #private;
}
export type Schemas = components["schemas"];
export type Reservation = Schemas["Reservation"];
import type { Credentials } from "./sigv4.js";
import type { Options } from "./http.js";
import type { components } from "../types/api.d.ts";
