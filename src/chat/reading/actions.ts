export const readingActions = {}
