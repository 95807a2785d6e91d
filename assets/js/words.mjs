// Words left, counted by the published rule that the server counts by: runs between spaces; in scripts without
// spaces two Han or Kana characters, or five Thai, Lao, Khmer or Burmese letters, count as one word.

// The same characters as gnlc_apply/core/words.py; tests/core/word_vectors.json holds both to one answer.
const spaces = /[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+/u;
const hanAndKana =
  /[\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u32d0-\u32fe\u3300-\u3357\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\uff66-\uff9d\u{16fe2}-\u{16ff6}\u{1aff0}-\u{1b167}\u{1f200}\u{20000}-\u{3347f}]/gu;
const unspaced =
  /[\u0e01-\u0e3a\u0e40-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17dd\u17e0-\u17f9\u19e0-\u19ff\ua9e0-\ua9fe\uaa60-\uaa7f\u{116d0}-\u{116e3}]/gu;
const letterOrDigit = /[\p{L}\p{N}]/u;

export function countWords(text) {
  const counted = { han: 0, unspaced: 0 };
  const without = (script, name) => (rest) => rest.replace(script, () => ((counted[name] += 1), ""));
  const rest = without(unspaced, "unspaced")(without(hanAndKana, "han")(text.normalize("NFC")));
  const runs = rest.split(spaces).filter((run) => letterOrDigit.test(run)).length;
  return runs + Math.ceil(counted.han / 2) + Math.ceil(counted.unspaced / 5);
}

export function countWordsLeft(page) {
  const number = new Intl.NumberFormat(page.documentElement.lang);
  for (const field of page.querySelectorAll("[data-words-limit]")) {
    const shown = page.getElementById(`${field.id}-count`);
    if (!shown) continue;
    const heard = shown.parentElement.querySelector("[role=status]");
    const limit = Number(field.dataset.wordsLimit);
    let later;
    const show = () => {
      const left = limit - countWords(field.value);
      const words = left < 0 ? shown.dataset.over : shown.dataset.left;
      shown.textContent = words.replace("{count}", number.format(Math.abs(left)));
      shown.classList.toggle("gn-counter--over", left < 0);
      clearTimeout(later);
      // Spoken only once the typing rests, so that a screen reader is not talked over.
      later = setTimeout(() => heard && (heard.textContent = shown.textContent), 1000);
    };
    field.addEventListener("input", show);
    window.addEventListener("pageshow", show);
  }
}
