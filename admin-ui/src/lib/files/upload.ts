/**
 * Send a file to an address that needs no sign-in, with its progress.
 *
 * @param onProgress is called with the share that was sent, from 0 to 1. `fetch` cannot report it.
 * @throws Error if the file was not stored
 */
export function upload(url: string, file: Blob, onProgress: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(new Error(`The storage answered ${request.status}`));
    };
    request.onerror = () => {
      reject(new Error("The storage cannot be reached"));
    };
    request.send(new Blob([file])); // without a type, as the address is signed without one
  });
}
