// What is dropped on a flow between two elements that stand close gets room: what follows moves to the right.
const GAP = 50;

export default function Room(eventBus, modeling, spaceTool, canvas) {
  eventBus.on("commandStack.elements.create.postExecuted", 100, ({ context }) => {
    const [shape] = context.elements ?? [];
    if (context.elements?.length === 1 && shape.incoming?.length === 1 && shape.outgoing?.length === 1) make(shape);
  });

  function make(shape) {
    const source = shape.incoming[0].source, target = shape.outgoing[0].target;
    const right = source.x + source.width, isRow = Math.abs(middle(source) - middle(target)) < 40 && Math.abs(middle(source) - middle(shape)) < 40;
    if (!isRow || source.parent !== shape.parent || target.x <= source.x) return;
    const missing = 2 * GAP + shape.width - (target.x - right);
    if (missing > 0) {
      const start = right + (target.x - right) / 2;
      const others = around(shape).filter((each) => each !== shape);
      const { movingShapes, resizingShapes } = spaceTool.calculateAdjustments(others, "x", missing, start);
      modeling.createSpace(movingShapes, resizingShapes, { x: missing, y: 0 }, "e", start);
    }
    const shift = right + GAP - shape.x;
    if (missing > 0 && shift) modeling.moveElements([shape], { x: shift, y: middle(source) - middle(shape) });
    modeling.updateWaypoints(shape.incoming[0], straight(source, shape));
    if (Math.abs(middle(target) - middle(shape)) < 5) modeling.updateWaypoints(shape.outgoing[0], straight(shape, target));
    else modeling.layoutConnection(shape.outgoing[0]);
  }

  const straight = (one, other) => [{ x: one.x + one.width, y: middle(one) }, { x: other.x, y: middle(one) }];
  const middle = ({ y, height }) => y + height / 2;
  // All that stands in the same pool; without one (the screen of a subprocess), all that is drawn.
  const around = (shape) => { const pool = top(shape), root = canvas.getRootElement(); return pool === shape ? all(root).filter((each) => each !== root) : all(pool); };
  const top = (shape) => (shape.parent && shape.parent !== canvas.getRootElement() ? top(shape.parent) : shape);
  const all = (shape) => [shape, ...(shape.children ?? []).flatMap(all)];
}
Room.$inject = ["eventBus", "modeling", "spaceTool", "canvas"];
