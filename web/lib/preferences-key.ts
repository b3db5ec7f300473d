/** Where the browser keeps what somebody prefers; apart, since it is read before the app is there. */
export const preferencesKey = 'posthouse.preferences'
