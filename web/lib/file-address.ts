/** Where the server has a file. */
export function fileAddress(id: string): string {
  return `/files/${encodeURIComponent(id)}`
}

export function thumbnailAddress(id: string): string {
  return `${fileAddress(id)}/thumbnail`
}

export function downloadAddress(id: string): string {
  return `${fileAddress(id)}?download`
}
