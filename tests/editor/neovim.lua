-- What a person does with neovim and `weir lsp`, without a screen: each step fails with what was seen instead.
--
-- The environment names the binary (WEIR) and a spec that may be changed (SPEC).

local step = "start"

local function check(is_so, what)
  if not is_so then
    error(step .. ": " .. what)
  end
end

local function wait(what, is_so)
  check(vim.wait(20000, is_so, 20), "waited in vain for " .. what)
end

local function text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

-- Puts the cursor on a letter of the first line that has a text.
local function go(needle, plus)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local start = line:find(needle, 1, true)
    if start then
      vim.api.nvim_win_set_cursor(0, { number, start - 1 + plus })
      return number
    end
  end
  check(false, "`" .. needle .. "` is not in the text")
end

local function replace(old, new)
  local number = go(old, 0)
  local line = vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1]
  local start = line:find(old, 1, true)
  local changed = line:sub(1, start - 1) .. new .. line:sub(start + #old)
  vim.api.nvim_buf_set_lines(0, number - 1, number, false, { changed })
end

local function request(method, params)
  local answers, problem = vim.lsp.buf_request_sync(0, method, params or vim.lsp.util.make_position_params(), 20000)
  check(answers, method .. ": " .. tostring(problem))
  for _, answer in pairs(answers) do
    check(not answer.err, method .. ": " .. vim.inspect(answer.err))
    return answer.result
  end
end

local function run()
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.SPEC))
  local buffer = vim.api.nvim_get_current_buf()
  local told = 0
  local handler = vim.lsp.handlers["textDocument/publishDiagnostics"]
  local client = vim.lsp.start_client({
    name = "weir",
    cmd = { vim.env.WEIR, "lsp" },
    root_dir = vim.fn.fnamemodify(vim.env.SPEC, ":h:h"),
    handlers = {
      ["textDocument/publishDiagnostics"] = function(...)
        told = told + 1
        return handler(...)
      end,
    },
  })
  check(client, "the server does not start")
  vim.lsp.buf_attach_client(buffer, client)
  wait("the first look at the format", function() return told > 0 end)
  check(#vim.diagnostic.get(buffer) == 0, "findings in a clean format: " .. vim.inspect(vim.diagnostic.get(buffer)))
  local clean = text(buffer)

  step = "hover"
  go("user.email", 6)
  vim.lsp.buf.hover()
  local float
  wait("the window with what is said", function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= "" then
        float = text(vim.api.nvim_win_get_buf(window))
        return true
      end
    end
  end)
  check(float:find("user.email", 1, true) and float:find("keyword", 1, true), float)
  check(float:find("@example.com", 1, true), "no value of a recorded pair in " .. float)

  step = "diagnostics"
  replace("string | lower", "string | lowr")
  wait("the finding", function() return #vim.diagnostic.get(buffer) == 1 end)
  local finding = vim.diagnostic.get(buffer)[1]
  check(finding.severity == vim.diagnostic.severity.ERROR, vim.inspect(finding))
  local line = vim.api.nvim_buf_get_lines(buffer, finding.lnum, finding.lnum + 1, false)[1]
  check(line:sub(finding.col + 1, finding.end_col) == "lowr", "the mark is at " .. line:sub(finding.col + 1, finding.end_col))

  step = "quick fix"
  vim.api.nvim_win_set_cursor(0, { finding.lnum + 1, finding.col + 1 })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = {} }
  local actions = request("textDocument/codeAction", params)
  check(#actions == 1 and actions[1].title == "write `lower`", vim.inspect(actions))
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
  check(text(buffer) == clean, "the fix did something else")
  wait("the finding to go", function() return #vim.diagnostic.get(buffer) == 0 end)

  step = "completion"
  replace("access_request.message.Email", "access_request.message.Ema")
  go("access_request.message.Ema", #"access_request.message.Ema")
  local found = request("textDocument/completion")
  local items = vim.lsp.util.text_document_completion_list_to_complete_items(found, "Ema")
  local words = {}
  for _, item in ipairs(items) do
    words[item.word] = true
  end
  check(words["Email"], vim.inspect(vim.tbl_keys(words)))
  replace("access_request.message.Ema", "access_request.message.Email")
  check(text(buffer) == clean, "the text is not as it was")

  step = "definition"
  go("- name: set_client", #"- name: s")
  vim.lsp.buf.definition()
  wait("the cursor at the stage", function()
    return vim.api.nvim_get_current_line():find("^  set_client:") ~= nil
  end)

  step = "rename"
  go("access_request.message.Email", 2)
  vim.lsp.buf.rename("record")
  wait("the new name", function() return text(buffer) ~= clean end)
  check(text(buffer) == clean:gsub("access_request%.", "record."):gsub("name: access_request\n", "name: record\n"), "other words changed")
  vim.wait(400)
  wait("no finding", function() return #vim.diagnostic.get(buffer) == 0 end)

  step = "code lenses"
  local lenses = request("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params() })
  local whole
  for _, lens in ipairs(lenses) do
    whole = whole or (lens.command.title:find("pairs pass", 1, true) and lens.command.title)
  end
  check(whole, vim.inspect(lenses))

  step = "end"
  vim.lsp.stop_client(client)
  wait("the server to end", function() return #vim.lsp.get_active_clients() == 0 end)
end

local is_well, problem = pcall(run)
if is_well then
  io.stdout:write("neovim: diagnostics, hover, completion, quick fix, definition, rename and lenses work\n")
  vim.cmd("qall!")
else
  io.stderr:write(tostring(problem) .. "\n")
  vim.cmd("cquit 1")
end
