// What comes while the page is open is put at the top of its list; what a meeting was before goes, and what is retracted goes for good.
// Without scripts the page stays as it is.
"use strict";

const list = document.querySelector("[data-live]");
const news = document.querySelector("[data-news]");

if (list && "EventSource" in window) {
  const number = { told: 0, retracted: 0 };
  const known = (meeting) => list.querySelector(`[data-meeting="${CSS.escape(meeting)}"]`);
  const several = (count, one, many) => (count === 1 ? `1 ${one}` : `${count} ${many}`);
  const say = () => {
    const parts = [];
    if (number.told) parts.push(several(number.told, "alert", "alerts"));
    if (number.retracted) parts.push(`${several(number.retracted, "meeting", "meetings")} retracted`);
    news.textContent = `${parts.join(", ")} since you opened this page.`;
  };
  const source = new EventSource(list.dataset.live);
  source.addEventListener("alert", (event) => {
    const holder = document.createElement("template");
    holder.innerHTML = event.data; // rendered and escaped by the server
    const card = holder.content.querySelector(".card");
    if (!card) return;
    const before = known(card.dataset.meeting);
    const focused = before && before.contains(document.activeElement);
    if (before) before.remove();
    card.classList.add("fresh");
    list.prepend(card);
    if (focused) card.querySelector("a").focus();
    document.querySelectorAll(".empty").forEach((empty) => empty.remove());
    number.told += 1;
    say();
  });
  source.addEventListener("retracted", (event) => {
    const card = known(event.data);
    if (!card) return;
    const next = card.contains(document.activeElement) && (card.nextElementSibling || card.previousElementSibling);
    card.remove();
    if (next) next.querySelector("a").focus();
    number.retracted += 1;
    say();
  });
}
