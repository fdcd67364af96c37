(() => {
  const began = performance.now();
  const form = document.getElementById("judge");
  form?.addEventListener("submit", () => {
    form.elements.seconds.value = ((performance.now() - began) / 1000).toFixed(3);
  });
  const sounds = [...document.querySelectorAll(".sample audio")];
  if (sounds.length) document.getElementById("replay").hidden = false;
  const play = index => {
    sounds.forEach(each => { each.pause(); each.currentTime = 0; each.onended = null; });
    const sound = sounds[index];
    if (!sound) return;
    sound.onended = () => play(index + 1);
    sound.play();
  };
  const keys = { ArrowLeft: "left", 1: "left", ArrowRight: "right", 2: "right", u: "undo", U: "undo" };
  let sent = false;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const button = document.getElementById(keys[event.key]);
    if (button) {
      event.preventDefault();
      event.stopPropagation();
      if (!sent && !event.repeat && !button.disabled) { sent = true; button.click(); }
    } else if ((event.key === " " || event.key === "Enter") && sounds.length && !event.target.closest("button, a, summary, input, audio")) {
      event.preventDefault();
      play(0);
    }
  }, true);
})();
