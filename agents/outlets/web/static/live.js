// What comes while the page is open is put at the top of its list; what a meeting was before goes. Without scripts the page stays as it is.
"use strict";

const list = document.querySelector("[data-live]");
const news = document.querySelector("[data-news]");

if (list && "EventSource" in window) {
  let number = 0;
  const source = new EventSource(list.dataset.live);
  source.addEventListener("alert", (event) => {
    const holder = document.createElement("template");
    holder.innerHTML = event.data; // rendered and escaped by the server
    const card = holder.content.querySelector(".card");
    if (!card) return;
    const before = list.querySelector(`[data-meeting="${CSS.escape(card.dataset.meeting)}"]`);
    const focused = before && before.contains(document.activeElement);
    if (before) before.remove();
    card.classList.add("fresh");
    list.prepend(card);
    if (focused) card.querySelector("a").focus();
    document.querySelectorAll(".empty").forEach((empty) => empty.remove());
    number += 1;
    news.textContent = number === 1 ? "1 alert since you opened this page." : `${number} alerts since you opened this page.`;
  });
}
