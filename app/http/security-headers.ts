// What every answer tells the browser: nothing leaves the origin, nothing frames it, nothing is guessed; data is
// never drawn as a page and never kept.

/** `isSecure` when browsers reach us over TLS, here or at a proxy. */
export const securityHeaders = (isSecure: boolean): Readonly<Record<string, string>> => ({
  'content-security-policy':
    "default-src 'self'; script-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  ...(isSecure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  'permissions-policy': 'geolocation=(self), camera=(self), microphone=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});

/** Over those of every answer, for what is no page: opened by itself it loads, runs and sends nothing. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'; sandbox",
  // Routes whose answer may be kept say so themselves.
  'cache-control': 'no-store',
};

/** True for an address that answers with data, by the way it begins. */
export const answersData = (url: string): boolean => /^\/(api|health|metrics)(?![\w-])/.test(url);
