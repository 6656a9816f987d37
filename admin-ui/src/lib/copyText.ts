/**
 * Copy a text that is still being put together.
 *
 * Safari copies only in the moment of the click. It is given the promise of the text, and waits for it by itself.
 */
export async function copyText(text: Promise<string>): Promise<void> {
  if (typeof ClipboardItem === "undefined") return navigator.clipboard.writeText(await text);
  const content = text.then((copied) => new Blob([copied], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": content })]);
}
