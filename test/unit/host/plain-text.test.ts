import { describe, expect, it } from 'vitest';
import { readIomem } from '../../../src/capture/iomem';
import { plainText } from '../../../src/host/plain-text';

/** What VS Code's notifications take for a link, as far as it matters here. */
const LINK = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+\)/;

describe('text from a file in a notification', () => {
  it('is never a link, even when a resource is named like one', () => {
    const name = '[open me](command:workbench.action.quit)';
    const read = readIomem(`00000000-00000fff : ${name}\n00000800-00001fff : x\n`);
    const message = read.ok ? '' : read.problems[0]!.message;
    expect(message).toMatch(LINK);
    expect(plainText(message)).not.toMatch(LINK);
    expect(plainText(message)).toContain('open me');
  });
});
