/** Text whose web addresses can be pressed. Everything becomes a text node; only http and https become links. */
export function Linked({ text }: { text: string }) {
  return text.split(address).map((part, index) => {
    if (index % 2 === 0) return part
    const end = trailing.exec(part)?.index ?? part.length
    const href = part.slice(0, end)
    return URL.canParse(href) ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
      <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {href}
      </a>
    ) : (
      part
    )
  })
}

const address = /(https?:\/\/[^\s<>"'`\p{Script=Han}，。！？；：、）】》”]+)/giu
const trailing = /[.,:;!?)\]}]+$/ // ends the sentence around the address
