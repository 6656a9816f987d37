/** Save a file, as if the user had followed a link to it. */
export function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  follow(url, name);
  URL.revokeObjectURL(url);
}

/** Save the file at an address, which names it and says that it is to be saved. */
export function downloadFrom(url: string): void {
  follow(url, "");
}

function follow(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}
