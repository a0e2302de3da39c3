/** Tags of a text, from `<` to `>`, in time that grows with the text whatever it holds. */
export function tagsOf(html: string): string[] {
  const tags: string[] = [];
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1)) {
    const end = html.indexOf('>', at);
    if (end === -1) break;
    tags.push(html.slice(at, end + 1));
    at = end;
  }
  return tags;
}

/** `img` of `<img src=…>` and `/p` of `</p>`; empty for what is no tag. */
export function nameOfTag(tag: string): string {
  return /^<\s?(\/?[a-z][a-z\d]{0,20})/i.exec(tag)?.[1]?.toLowerCase() ?? '';
}
