// Says it in good time when a session is about to end (WCAG 2.2.1), and lets one stay. Without this the server still keeps
// what was typed, and asks to sign in. Pages of the same browser tell each other that somebody is still at work.

const notice = 120; // seconds before the end; half of the time where the whole is shorter

export function warnBeforeEnd(page) {
  const parts = {};
  for (const part of page.querySelectorAll("dialog[data-session]")) parts[part.dataset.session] = part;
  if (!parts.idle?.showModal) return;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("gnlc-session") : null;
  const limits = (of) => ({ seconds: Number(of.seconds), last: Number(of.last || Infinity) });
  let timers = [];

  const show = (wanted) => {
    for (const part of Object.values(parts)) if (part !== wanted && part.open) part.close();
    if (wanted && !wanted.open) wanted.showModal();
  };

  const wait = ({ seconds, last }) => {
    timers.forEach(clearTimeout);
    show(null);
    const left = Math.min(seconds, last);
    const after = (part, delay) => setTimeout(() => show(part), delay * 1000);
    timers = [
      after(last <= seconds ? parts.last : parts.idle, left - Math.min(notice, left / 2)),
      after(parts.ended, left),
    ];
  };

  const goOn = (of) => {
    if (!(of.seconds > 0)) return show(parts.ended);
    wait(limits(of));
    others?.postMessage(of);
  };

  parts.idle.addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(event.target.action).then((answer) => answer.json()).then(goOn, () => {});
  });
  others?.addEventListener("message", (event) => wait(limits(event.data)));
  goOn({ ...parts.idle.dataset });
}
