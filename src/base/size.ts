/** Formats a size in MB (2^20 bytes): "0.4 MB", "48.2 MB", "512 MB", "1.9 GB". */
export function formatMb(mb: number): string {
  if (mb < 99.95) return `${mb.toFixed(1)} MB`;
  if (mb < 999.5) return `${mb.toFixed(0)} MB`;
  const gb = mb / 1024;
  return gb < 99.95 ? `${gb.toFixed(1)} GB` : `${gb.toFixed(0)} GB`;
}
