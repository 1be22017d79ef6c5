/// How the report looks: light and dark, on a phone and on a desk.
enum HTMLStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1b1f24; --soft: #59636e; --line: #d5dae0; --panel: #f5f7f9;
      --client: #0b63c5; --server: #7a3fc1; --good: #17733b; --bad: #c02222; --warn: #96610a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171b; --ink: #e3e7eb; --soft: #9aa4af; --line: #353c45; --panel: #1d2228;
        --client: #6cb0ff; --server: #c39bff; --good: #5fcf88; --bad: #ff8078; --warn: #e8b45a;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--ink);
      font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
    }
    header, main { max-width: 1400px; margin: 0 auto; padding: 0 20px; }
    main { padding-bottom: 60px; }
    h1 { font-size: 24px; margin: 20px 0 4px; }
    h2 { font-size: 18px; margin: 28px 0 8px; }
    h3 { font-size: 15px; margin: 14px 0 4px; }
    small { color: var(--soft); font-weight: normal; }
    header p { margin: 0; color: var(--soft); }
    code, pre { font: 13px/1.45 ui-monospace, monospace; }
    .badge { font-size: 14px; padding: 2px 10px; border-radius: 99px; vertical-align: 3px; }
    .badge.good { background: var(--good); color: var(--page); }
    .badge.bad { background: var(--bad); color: var(--page); }
    i { font-style: normal; font-weight: bold; }
    i.good { color: var(--good); }
    i.bad { color: var(--bad); }
    ul { list-style: none; margin: 4px 0; padding: 0; }
    li { padding: 3px 0; }
    .problem {
      margin: 4px 0 6px 18px; padding: 6px 10px; border-left: 3px solid var(--bad);
      background: var(--panel); white-space: pre-wrap;
    }
    .problem b { color: var(--bad); }
    .hint { margin: 2px 0 0; color: var(--soft); white-space: normal; }
    .hint::before { content: "hint: "; }
    summary { cursor: pointer; padding: 2px 0; }
    .bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 8px 0; }
    button {
      font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
      border-radius: 6px; padding: 4px 10px; cursor: pointer;
    }
    button[aria-pressed="true"] { border-color: var(--client); color: var(--client); }
    :focus-visible { outline: 2px solid var(--client); outline-offset: 1px; }
    .connection { border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; }
    .connection > summary { padding: 8px 12px; }
    .connection > div { padding: 0 12px 12px; }
    .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
    svg { display: block; font: 11px system-ui, sans-serif; }
    svg text { fill: var(--soft); }
    .axis { stroke: var(--line); }
    .lane { fill: var(--panel); }
    .gap { fill: url(#hatch); }
    .mark { cursor: pointer; }
    .client { fill: var(--client); }
    .server { fill: var(--server); }
    .error { fill: var(--bad); }
    .wave { fill-opacity: 0.75; cursor: pointer; }
    .bed { fill-opacity: 0.12; cursor: pointer; }
    .play { cursor: pointer; }
    .play circle { fill: var(--page); stroke: currentColor; }
    .play path { fill: currentColor; }
    .play.client { color: var(--client); }
    .play.server { color: var(--server); }
    .head { stroke: var(--bad); stroke-width: 1.5; }
    svg .step { fill: var(--soft); }
    svg .good { fill: var(--good); font-weight: bold; }
    svg .bad { fill: var(--bad); font-weight: bold; }
    svg .warn { fill: var(--warn); font-weight: bold; }
    .events { font: 13px/1.6 ui-monospace, monospace; margin: 8px 0 0; }
    .events button {
      display: flex; gap: 10px; width: 100%; border: 0; background: none; padding: 1px 4px;
      font: inherit; text-align: left; border-radius: 4px;
    }
    .events button:hover { background: var(--panel); }
    .events .at { flex: 0 0 68px; text-align: right; color: var(--soft); }
    .events .name { flex: 0 1 auto; white-space: nowrap; }
    .events .words {
      flex: 1 1 0; min-width: 0; color: var(--soft); overflow: hidden; white-space: nowrap;
      text-overflow: ellipsis;
    }
    .events .client { color: var(--client); }
    .events .server { color: var(--server); }
    .events .good { color: var(--good); }
    .events .bad { color: var(--bad); }
    .events .warn { color: var(--warn); }
    #detail {
      position: fixed; inset: auto 0 0 0; max-height: 46vh; overflow: auto; padding: 10px 20px;
      background: var(--panel); border-top: 2px solid var(--line);
      box-shadow: 0 -6px 24px rgb(0 0 0 / 25%);
    }
    #detail pre { margin: 6px 0; white-space: pre-wrap; }
    #detail .bar { justify-content: space-between; margin: 0; }
    @media (min-width: 1100px) {
      #detail {
        inset: 0 0 0 auto; width: 430px; max-height: none; border-top: 0;
        border-left: 2px solid var(--line);
      }
    }
    @media (max-width: 600px) {
      header, main { padding-left: 12px; padding-right: 12px; }
      .events .at { flex-basis: 52px; }
      .events button:not(.note) .words { display: none; }
      .events .name { overflow: hidden; text-overflow: ellipsis; }
      .problem { margin-left: 0; }
    }

    """
}
