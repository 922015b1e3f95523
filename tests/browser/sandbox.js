// A picture with one point of two dimensions, and one control of each kind beside it.

function buildPicture(view) {
  const { model, bounds, signal } = view;
  const { svg } = addPicture(view, 400);
  const axis = { limits: [-2, 2], ticks: [0] };
  const panel = makePanel(svg, { left: 50, top: 50, width: 400, height: 200 }, axis, axis);
  const axes = {
    x: { ...bounds.across, label: "across" },
    y: { ...bounds.along, label: "along" },
  };
  const read = () => ({ x: model.get("across"), y: model.get("along") });
  const write = (values) => {
    const { x, y } = { ...read(), ...values };
    writeTraits(model, { across: x, along: y });
  };
  const point = makePoint(svg, panel, axes, read, write, [addSurface(svg, panel)], signal);
  return [({ across, along }) =>
    point.draw(panel.scaleX(across), panel.scaleY(along), { x: `x ${across}`, y: `y ${along}` })];
}

function buildAside(view) {
  const reset = () => writeTraits(view.model, { across: 0, along: 0 });
  return [
    addSlider(view, "rate", String),
    addSlider(view, "count", String),
    addChoice(view, "kind", (kind) => `a ${kind}`),
    addButtons(view, [["reset", reset, ({ across, along }) => across !== 0 || along !== 0]]),
  ];
}

function tell({ across, along }) {
  return { picture: "a plane", heading: "where", words: `${across}, ${along}` };
}

function render(view) {
  const traits = ["across", "along", "rate", "count", "kind"];
  const read = (model) => byName(traits, (name) => model.get(name));
  return showExplorer(view, { traits, read, tell, buildPicture, buildAside });
}

export default { render };
