// Small comforts of a page: a button that copies an address, and a booking frame that says when it is open, or opens
// at the minute booking does.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const words = button.textContent;
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 2000);
  });
}

const frame = document.getElementById("SpektrixIFrame");
const isOpen = () => frame?.parentElement.classList.add("is-open");
frame?.addEventListener("load", isOpen);
addEventListener("load", isOpen); // the frame may have been quicker than this script

const booking = document.querySelector("[data-later]");
const live = JSON.parse(document.getElementById("live").textContent);

function open() {
  const { later, script } = booking.dataset;
  booking.querySelector("[data-sentence]").textContent = live.open;
  const holder = Object.assign(document.createElement("div"), { className: "frame is-open" });
  const title = document.querySelector("h1").textContent;
  const inside = Object.assign(document.createElement("iframe"), { name: "SpektrixIFrame", id: "SpektrixIFrame", title, src: later, height: 1000 });
  holder.append(inside);
  booking.append(holder, Object.assign(document.createElement("script"), { src: script }));
  delete booking.dataset.later;
}

function openInTime() {
  if (booking?.dataset.later && Date.parse(booking.dataset.opens) <= Date.now()) open();
}

setInterval(openInTime, 5_000);
