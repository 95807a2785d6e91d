// Words left, counted by the published rule that the server counts by: runs between spaces; in scripts without
// spaces two Han or Kana characters, or five Thai, Lao, Khmer or Burmese letters, count as one word.

const pairs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const fives = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const letter = /[\p{L}\p{N}]/u;

export function countWords(text) {
  let words = 0;
  let twos = 0;
  let five = 0;
  for (const run of text.normalize("NFC").split(/\s+/u)) {
    twos += run.match(pairs)?.length ?? 0;
    five += run.match(fives)?.length ?? 0;
    if (letter.test(run.replace(pairs, "").replace(fives, ""))) words += 1;
  }
  return words + Math.ceil(twos / 2) + Math.ceil(five / 5);
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
