// How people name an alert on the phone.

/** The last six characters of an alert's id, upper case. */
export const referenceOf = (alertId: string): string => alertId.slice(-6).toUpperCase();
