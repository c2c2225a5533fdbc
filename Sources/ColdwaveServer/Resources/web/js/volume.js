// How loud, remembered on this device.
const volumeKey = 'coldwave-volume';

export function storedVolume() {
  try {
    return Math.min(1, Math.max(0, Number(localStorage.getItem(volumeKey) ?? 0.9)));
  } catch {
    return 0.9;
  }
}

export function storeVolume(volume) {
  try {
    localStorage.setItem(volumeKey, String(volume));
  } catch { /* not remembered, then */ }
}
