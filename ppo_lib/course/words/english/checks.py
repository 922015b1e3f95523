"""What the checks of all exercises may say."""

STRINGS: dict[str, str] = {
    "check.right": "Right",
    "check.wrong": "Not yet",
    "check.error": "Not yet",
    "check.unanswered": "Not answered yet",
    "check.fill_in": "Replace the dots in {name} above, run that cell, then this one again.",
    "check.not_callable": (
        "The check takes the function {name} itself, without brackets behind it; it got {got}."
    ),
    "check.elementwise": (
        "Python's min, max, if, and, or and not look at a single value. For a tensor take "
        "torch.min, torch.max, torch.where or clamp, and for flags &, | and ~, which look at each "
        "element."
    ),
    "check.plain_number": (
        "What you pass on there is one of Python's own numbers, not a tensor: math has the same "
        "functions for it."
    ),
    "check.blank_helper": "Does it call a function of yours that is still blank?",
    "check.raised": "Your function stopped with {error}",
    "check.line": "in the line:  {line}",
    "check.returns_none_here": (
        "For this input {name} returns nothing, though it does for others. Which branch lacks a "
        "return?"
    ),
    "check.returns_none": "{name} returns nothing. Is its return missing?",
    "check.wrong_type": (
        "The result is no number and no tensor, but of the type {got}. Make it a tensor."
    ),
    "check.wrong_shape": "The result has shape {got}, and {expected} was expected.",
    "check.opposite_sign": "The size is right and the sign is not: you return the negative.",
    "check.multiple": "You return {factor} times what was expected.",
    "check.wrong_value": "The value differs; here is the first input on which it does.",
    "check.no_gradient": (
        "The value is right, but no gradient flows through it: "
        "is there a detach, an item or a no_grad on the way?"
    ),
    "check.wrong_gradient": "The value is right, but its gradient is not.",
    "check.input": "input:     {arguments}",
    "check.expected": "expected:  {value}",
    "check.got": "got:       {value}",
    "check.expected_gradient": "gradient expected:  {value}",
    "check.got_gradient": "gradient got:       {value}",
    "check.first_of": "{values} and so on, {count} numbers",
}
