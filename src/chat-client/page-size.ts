/** How many messages are asked for at once. Apart, since a page may ask for the first ones before the client is there. */
export const pageSize = 50
/** When a room is opened: what fills a screen. The less there is to draw, the sooner it can be read. */
export const firstPageSize = 30
