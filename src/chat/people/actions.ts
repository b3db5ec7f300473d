export const peopleActions = {}
