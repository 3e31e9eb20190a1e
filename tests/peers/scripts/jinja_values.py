"""Asks Jinja what expressions and templates give: a template's single value as it is, several as text; text that reads as a
list or a dict as that. Nothing is folded before it runs."""

import ast
import itertools
import json
import sys
import types

from jinja2 import Undefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.nativetypes import NativeCodeGenerator, NativeEnvironment
from markupsafe import Markup

ITERATORS = (types.GeneratorType, itertools.chain, map, filter, reversed, zip, range)
VIEWS = ("dict_keys", "dict_values", "dict_items", "dict_reversekeyiterator", "list_reverseiterator")


class Generator(NativeCodeGenerator):
    def _output_child_to_const(self, node, frame, finalize):
        if isinstance(node, nodes.TemplateData):
            return super()._output_child_to_const(node, frame, finalize)
        raise nodes.Impossible()


def joined(values):
    values = list(values)
    if not values:
        return Undefined()
    value = values[0] if len(values) == 1 else "".join(map(str, values))
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            read = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return value
        return read if isinstance(read, (list, dict)) else value
    return value


class Environment(NativeEnvironment):
    code_generator_class = Generator
    concat = staticmethod(joined)


class Missing:
    def __repr__(self):
        return "Undefined"


def plain(value):
    if isinstance(value, Undefined):
        return Missing()
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, ITERATORS) or type(value).__name__ in VIEWS:
        return [plain(item) for item in value]
    if type(value) is list:
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if type(value) is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    return value


ENVIRONMENT = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
ENVIRONMENT.template_class.environment_class = Environment


def entries():
    """The names of filters, tests and methods; of those that give something else each time, none."""
    without = {"random", "urlize", "pprint"}
    types = (str, list, dict, int, float, tuple)
    methods = {name for kind in types for name in dir(kind) if not name.startswith("_")}
    methods -= {"denominator", "imag", "numerator", "real", "from_bytes", "fromhex", "from_number", "maketrans", "translate"}
    return {
        "filters": sorted(set(ENVIRONMENT.filters) - without),
        "tests": sorted(name for name in ENVIRONMENT.tests if name.isidentifier()),
        "methods": sorted(methods),
    }


def answer(asked):
    if "entries" in asked:
        return entries()
    names = json.loads(asked["names"])
    try:
        if "expression" in asked:
            value = ENVIRONMENT.compile_expression(asked["expression"], undefined_to_none=False)(**names)
        else:
            value = ENVIRONMENT.from_string(asked["template"]).render(names)
        return {"value": repr(plain(value))}
    except TemplateSyntaxError as error:
        return {"syntax": str(error)}
    except Exception as error:  # Whatever a filter raises.
        return {"error": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
