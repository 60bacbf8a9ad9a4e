/** A link that runs one of our commands, ready for Markdown and for links in documents. */
export const commandUri = (command: string, ...given: readonly string[]) =>
  `command:bioscope.${command}?${encodeURIComponent(JSON.stringify(given))}`;
