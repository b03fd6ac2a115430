"""What a person does on a page, for the browser tests."""

PASSWORD = "correct horse"


def sign_in(page, server, name, password=PASSWORD):
    page.goto(server.url + "/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("main button")
    page.wait_for_url(lambda url: "/login" not in url)


SELECT = """([words, nth]) => {
  const article = document.getElementById("article");
  const nodes = [];
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) { nodes.push([walker.currentNode, text.length]); text += walker.currentNode.data; }
  let at = -1;
  for (let n = 0; n <= nth; n++) at = text.indexOf(words, at + 1);
  if (at < 0) throw new Error("not in the article: " + words);
  const place = (index, end) => {
    const [node, begin] = nodes.findLast(([, begin]) => (end ? begin < index : begin <= index));
    return [node, index - begin];
  };
  getSelection().setBaseAndExtent(...place(at, false), ...place(at + words.length, true));
}"""


def select(page, words, nth=0):
    """Selects words of the article as a script would."""
    page.evaluate(SELECT, [words, nth])


def drag(page, words):
    """Selects words with the mouse, from before the first letter to behind the last."""
    select(page, words)
    first, last = page.evaluate("""() => {
      const boxes = [...getSelection().getRangeAt(0).getClientRects()];
      const [a, b] = [boxes[0], boxes.at(-1)];
      if (a.top < 80 || b.bottom > innerHeight - 120) { scrollBy(0, a.top - 300); return drag(); }
      function drag() { const r = [...getSelection().getRangeAt(0).getClientRects()]; const [a, b] = [r[0], r.at(-1)];
        return [[a.left + 1, a.top + a.height / 2], [b.right - 1, b.top + b.height / 2]]; }
      return drag();
    }""")
    page.evaluate("getSelection().removeAllRanges()")
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move((first[0] + last[0]) / 2, last[1], steps=4)
    page.mouse.move(*last, steps=4)
    page.mouse.up()


def tag(page, words, key, nth=0):
    """Selects words and presses a label's key; done when the server has it."""
    before = page.locator("#spans > li").count()
    select(page, words, nth)
    page.keyboard.press(key)
    page.wait_for_function("n => document.querySelectorAll('#spans > li').length > n", arg=before)


def saved(page):
    """Waits until all is saved."""
    page.wait_for_selector("#status[data-state=saved]")


def spans(page):
    """What the list shows: (label, words), in order."""
    return page.evaluate("""() => [...document.querySelectorAll("#spans > li")].map((item) =>
      [item.dataset.name, item.querySelector(".words").textContent])""")
