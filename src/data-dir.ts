/** What lies in a data folder: the database, the secrets that the first start made, and folders of applications. */
export const databaseName = 'posthouse.db'
export const secretsName = 'secrets.json'

/** Without dots: it leads nowhere else, and is no name of the server's own. */
export const isFolderName = (name: string): boolean => /^[\w-]{1,64}$/.test(name)
