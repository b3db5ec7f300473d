/** Messages that are asked for at once. Apart, since a page may ask for the first ones before the client is there. */
export const pageSize = 50
