// Why a song is here, in words a listener would use.

/** The command's reasons are exact ("cosine 0.932; new: placed by its sound alone"); here they are told shortly, and in full on hover. */
export function because(suggestion) {
  const lines = suggestion.because ?? [];
  const played = lines.filter((line) => line.startsWith('you play ')).map((line) => line.slice(9).replace(/ \((\d+) %\)$/, '').replace(' - ', ' – '));
  if (played.length) return `Because you play ${played.slice(0, 2).join(' and ')}`;
  return lines.map((line) => line.replace(/^cosine (-?[\d.]+)/, (_, value) => `likeness ${Number(value).toFixed(2)}`)).join(' · ');
}

export const inFull = (suggestion) => (suggestion.because ?? []).join('\n');
