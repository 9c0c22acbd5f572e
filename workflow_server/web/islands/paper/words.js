// What the paper island says, in the language of the page.
import { language } from "../saying.js";

const WORDS = {
  zh: {
    paper: "文书", preview: "预览", updating: "正在更新…", drawing: "正在打开…", producing: "文书正在生成，完成后自动显示…",
    pages: (count) => `共 ${count} 页`, missing: (parts) => `还不能制发：${parts.join("；")}。`,
    smaller: "缩小", larger: "放大", fit: "适合宽度", download: "下载", print: "打印", full: "全屏查看", close: "关闭全屏",
    kept: "下面仍是上一次的样子。", lost: "网络不通，预览没有更新；继续填写后会再试。",
    signedOut: "登录已过期，重新登录后预览会继续。", gone: "这份文书不能查看。", failed: "文书暂时不能显示，请稍后再试。",
    busy: "正在生成的文书较多，稍候自动再试…", retry: "再试一次", tap: "点按页面可全屏查看",
  },
  en: {
    paper: "Document", preview: "Preview", updating: "Updating…", drawing: "Opening…",
    producing: "The document is being produced and will appear here…",
    pages: (count) => (count === 1 ? "1 page" : `${count} pages`),
    missing: (parts) => `It cannot be issued yet: ${parts.join("; ")}.`,
    smaller: "Smaller", larger: "Larger", fit: "Fit width", download: "Download", print: "Print",
    full: "Full screen", close: "Leave full screen", kept: "Below is still how it was before.",
    lost: "No connection: the preview was not updated; it is tried again as you go on.",
    signedOut: "You are signed out; the preview goes on once you have signed in again.",
    gone: "This document cannot be shown.", failed: "The document cannot be shown just now, try again later.",
    busy: "Many documents are being made; trying again shortly…", retry: "Try again",
    tap: "Tap a page for full screen",
  },
};

export const words = WORDS[language];
